// A command's --help, made of its own table. Pure.
import { sharedFlags } from "./arguments.ts";
import type { AnyCommand, Flag, FlagTable } from "./command.ts";

const LINE_CHARACTERS_MAX = 100;

export function commandHelp(command: AnyCommand): string {
  const examples = command.examples.map(({ line, does }) => `  ${line}\n      ${does}`);
  const sections = [`${command.summary}\n\nUsage\n  millrace ${command.usage}`];
  if (Object.keys(command.flags).length > 0) sections.push(`Flags\n${flagLines(command.flags)}`);
  sections.push(`Flags of every command\n${flagLines(sharedFlags)}`, `Examples\n${examples.join("\n")}`);
  return `millrace ${command.name}: ${sections.join("\n\n")}\n`;
}

function flagLines(table: FlagTable): string {
  const shown = Object.entries(table).filter(([, flag]) => flag.hidden !== true);
  const names = shown.map(([name, flag]) => signature(name, flag));
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return shown
    .map(([, flag], at) => `  ${(names[at] ?? "").padEnd(width)}${wrapped(flag.help, width + 2)}`)
    .join("\n");
}

function signature(name: string, flag: Flag): string {
  return flag.placeholder === null ? `--${name}` : `--${name} ${flag.placeholder}`;
}

function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > LINE_CHARACTERS_MAX) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`);
}
