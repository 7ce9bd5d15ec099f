// `token issue`: a token for the API, signed with the secret of the configuration.
import { issueToken, ROLES } from "../api/index.ts";
import { loadConfig } from "../config.ts";
import { defineCommand, oneOf, text, value, wholeNumber } from "./command.ts";

const DAY_S = 86_400;

export const token = defineCommand({
  name: "token",
  summary: "token issue: a token for the API with a role",
  usage: "token issue --role read|write|admin [--subject NAME] [--days N]",
  examples: [
    {
      line: "JWT_SECRET_FILE=secret.txt millrace token issue --role write --subject nightly",
      does: "a token for a client that makes tasks; for 30 days",
    },
  ],
  flags: {
    role: value("read|write|admin", "what its bearer may do", oneOf(ROLES).default("read")),
    subject: value("NAME", "whose it is, for the audit log (default cli)", text.default("cli")),
    days: value("N", "how long it is valid (default 30)", wholeNumber(1, 3_650).default(30)),
  },
  positionals: { min: 1, max: 1, what: "issue" },
  drains: false,
  async run(args, io) {
    const [what] = args.positionals;
    if (what !== "issue") return io.usage(`token: ${JSON.stringify(what)} is not known; allowed is issue`);
    const loaded = loadConfig({ role: "standalone", files: args.shared.config, flags: [], cwd: io.cwd });
    if (!loaded.ok) return io.usage(loaded.error);
    const { auth } = loaded.value.config.api;
    if (auth.jwtSecret === null)
      return io.usage(
        "token issue: there is no secret to sign with; set JWT_SECRET (at least 32 characters)",
      );
    const { role, subject, days } = args.flags;
    const claims = { role, subject, audience: auth.audience, roleClaim: auth.roleClaim };
    const issued = await issueToken(auth.jwtSecret, claims, days * DAY_S, io.clock.nowMs());
    await io.print(`${issued}\n`);
    return 0;
  },
});
