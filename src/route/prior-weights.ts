// The weights that a new installation begins with, in the order of FEATURES: log-odds that a browser finds at least a fifth
// more main text, for each unit of a feature. Data: written by bench/truth/make.ts --fit, from the part of the table of truth that
// may be learned from (ridge 3); nothing here decides.

export const SHIPPED_WEIGHTS: readonly number[] = [
  1.052, // always
  1.239, // the table's score
  -0.961, // main text
  -0.054, // visible text
  -0.673, // share of the main text
  -0.412, // nothing but empty containers
  -0.232, // empty containers
  0.965, // code in the page
  -0.119, // scripts from elsewhere
  0.139, // code against text
  0.45, // data in the page
  0.168, // data against text
  0.2, // hidden text
  0.8, // hidden against visible text
  1, // a word for those without scripts on an empty page
  0.8, // signs of waiting
  0.5, // a list that goes on
  -1.117, // links
];
