// A program for a test: bounds its own memory as a long command does, and tells what it then is.
import { readFileSync } from "node:fs";
import { boundOwnMemory } from "../own-memory.ts";

const args = process.argv.slice(2);
boundOwnMemory(args);
const { MALLOC_ARENA_MAX: arenas = null } = process.env;
const given = args[0]?.startsWith("/dev/fd/") ? readFileSync(args[0], "utf8") : null;
process.stdout.write(`${JSON.stringify({ pid: process.pid, arenas, args, given })}\n`);
