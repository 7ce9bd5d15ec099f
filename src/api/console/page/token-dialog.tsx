// Asks for the API token where the server answers 401. It lives in this tab's session storage alone.
import { useSignal } from "@preact/signals";
import { Dialog } from "./parts/dialog.tsx";
import { asking, giveToken } from "./server.ts";
import { t } from "./settings.ts";

export function TokenDialog() {
  const typed = useSignal("");
  if (asking.value === null) return null;
  const words = t.value.token;
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = typed.value.trim();
    if (given === "") return;
    typed.value = "";
    giveToken(given);
  };
  return (
    <Dialog title={words.title} onClose={() => giveToken(null)}>
      <form onSubmit={submit}>
        <p class="muted">{words.hint}</p>
        <pre class="snippet">millrace token issue --role write</pre>
        <label class="field">
          <span>{words.label}</span>
          <input
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            value={typed.value}
            aria-invalid={asking.value.wasRefused}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
        </label>
        {asking.value.wasRefused && (
          <p class="fault" role="alert">
            {words.refused}
          </p>
        )}
        <footer>
          <button type="submit" class="main">
            {words.use}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
