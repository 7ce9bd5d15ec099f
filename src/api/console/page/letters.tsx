// Dead letters: what the machine gave up on, one by one, to be played again or dropped.
import { useSignal } from "@preact/signals";
import { adviceOn } from "../advice.ts";
import { type Letter, readLetter, readPage } from "../answers.ts";
import { bareUrl } from "../format.ts";
import { Source } from "./document-view.tsx";
import { address, refine } from "./navigation.ts";
import { Dialog, Sure } from "./parts/dialog.tsx";
import { useLoaded } from "./parts/loading.ts";
import { Ago, Empty, Heading, Pager, Trouble, Waiting, wordsOf } from "./parts/pieces.tsx";
import { toast } from "./parts/toast.tsx";
import { ask, askJson, queryOf } from "./server.ts";
import { t } from "./settings.ts";

const ROWS = 50;

export function LettersPage() {
  const words = t.value.letters;
  const { cursor = "" } = address.value.query;
  const path = `/api/dlq${queryOf({ cursor, limit: ROWS })}`;
  const { data, error, reload } = useLoaded(path, async (signal) =>
    readPage(await askJson(path, { signal }), readLetter),
  );
  const shown = useSignal<Letter | null>(null);
  const leaving = useSignal<Letter | null>(null);

  const act = async (letter: Letter, work: "replay" | "drop"): Promise<void> => {
    try {
      await ask(`/api/dlq/${work}`, { method: "POST", body: { ids: [letter.id] } });
      toast(work === "replay" ? words.replayed : words.dropped);
      shown.value = null;
    } catch (cause) {
      toast(wordsOf(cause).title, true);
    }
    reload();
  };

  return (
    <>
      <Heading title={words.title} lead={words.lead} />
      {error.value !== null && <Trouble error={error.value} onRetry={reload} />}
      <section class="card" aria-label={words.title}>
        {data.value === null ? (
          error.value === null && <Waiting />
        ) : data.value.items.length === 0 ? (
          <Empty icon="letters" title={words.empty} hint={words.emptyHint} />
        ) : (
          <ul class="rows">
            {data.value.items.map((letter) => (
              <li key={letter.id} class="row">
                <code class="code">{letter.code ?? letter.topic}</code>
                <span class="row-main">
                  <span class="row-title">{letter.url === null ? letter.topic : bareUrl(letter.url)}</span>
                  <span class="row-more">{letter.message ?? t.value.advice[adviceOn(letter.code)]}</span>
                </span>
                <span class="row-side">
                  <Ago at={letter.at} />
                </span>
                <span class="row-actions">
                  <button
                    type="button"
                    class="quiet"
                    onClick={() => {
                      shown.value = letter;
                    }}
                  >
                    {words.show}
                  </button>
                  <button type="button" onClick={() => act(letter, "replay")}>
                    {words.replay}
                  </button>
                </span>
              </li>
            ))}
          </ul>
        )}
        <Pager
          hasFirst={cursor !== ""}
          next={data.value?.nextCursor ?? null}
          onGo={(to) => refine({ cursor: to })}
        />
      </section>
      {shown.value !== null && leaving.value === null && (
        <LetterDialog
          letter={shown.value}
          onReplay={(letter) => act(letter, "replay")}
          onDrop={(letter) => {
            leaving.value = letter;
          }}
          onClose={() => {
            shown.value = null;
          }}
        />
      )}
      {leaving.value !== null && (
        <Sure
          title={words.sure}
          hint={words.sureHint}
          action={words.drop}
          onYes={() => {
            if (leaving.value !== null) void act(leaving.value, "drop");
          }}
          onClose={() => {
            leaving.value = null;
          }}
        />
      )}
    </>
  );
}

function LetterDialog(props: {
  readonly letter: Letter;
  readonly onReplay: (letter: Letter) => void;
  readonly onDrop: (letter: Letter) => void;
  readonly onClose: () => void;
}) {
  const { letter } = props;
  const words = t.value.letters;
  return (
    <Dialog title={letter.url === null ? letter.topic : bareUrl(letter.url)} onClose={props.onClose}>
      <dl class="facts">
        <div>
          <dt>{words.where}</dt>
          <dd>{letter.topic}</dd>
        </div>
        <div>
          <dt>{words.why}</dt>
          <dd>
            {letter.code !== null && <code>{letter.code}</code>} {letter.message}
          </dd>
        </div>
        <div>
          <dt>{t.value.scrape.whatToDo}</dt>
          <dd>{t.value.advice[adviceOn(letter.code)]}</dd>
        </div>
      </dl>
      <h3>{words.record}</h3>
      <Source content={JSON.stringify(letter.all, null, 2)} />
      <footer>
        {!letter.isUrl && (
          <button type="button" class="danger" onClick={() => props.onDrop(letter)}>
            {words.drop}
          </button>
        )}
        <button type="button" class="main" onClick={() => props.onReplay(letter)}>
          {words.replay}
        </button>
      </footer>
    </Dialog>
  );
}
