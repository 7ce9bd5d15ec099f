// The weights that a new installation begins with, in the order of FEATURES: log-odds that a browser finds at least a fifth
// more main text, for each unit of a feature. Data, with its origin; nothing here decides.

export const SHIPPED_WEIGHTS: readonly number[] = [
  0.5, // always
  0.6, // the table's score
  -2.5, // main text
  -1.5, // visible text
  -0.5, // share of the main text
  2.5, // nothing but empty containers
  1.0, // empty containers
  0.3, // code in the page
  0.3, // scripts from elsewhere
  2.0, // code against text
  0.2, // data in the page
  0.8, // data against text
  0.2, // hidden text
  0.8, // hidden against visible text
  1.0, // a word for those without scripts on an empty page
  0.8, // signs of waiting
  0.5, // a list that goes on
  -0.5, // links
];
