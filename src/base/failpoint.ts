// Named places where a test may end the process, to prove what survives. Costs one comparison while nothing is armed;
// only the command line arms one (MILLRACE_FAILPOINT=name:hits), and what it then does is the caller's to give.

let armed: { readonly name: string; hitsLeft: number; readonly act: () => void } | null = null;

/** `act` runs at the `hits`-th pass of the place `name`. */
export function armFailpoint(name: string, hits: number, act: () => void): void {
  armed = { name, hitsLeft: hits, act };
}

export function failpoint(name: string): void {
  if (armed === null || armed.name !== name) return;
  armed.hitsLeft--;
  if (armed.hitsLeft === 0) armed.act();
}
