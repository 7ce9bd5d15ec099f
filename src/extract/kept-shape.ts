// One object of each class that only lives as long as a page. The engine forgets how objects of a class are laid out when none of them is alive at
// a collection of garbage, and throws away the code that it had made for them: for the next 500 pages extraction then costs up to twice as much.
// Knows no class.

const kept: object[] = [];

/** To be called once for a class, where it is defined, with an object that holds no page. */
export function keepShape(one: object): void {
  kept.push(one);
}
