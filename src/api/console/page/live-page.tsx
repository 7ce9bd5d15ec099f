// The engine at work: figures and their last minutes, the graph of actors and channels, progress, lanes and hosts.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Engine, readEngine } from "../answers.ts";
import { type Fields, fields } from "../reading.ts";
import { rateOf, type Series, shapeOf, withSample } from "../series.ts";
import { dataOf, listen } from "./live.ts";
import { Graph } from "./live-graph.tsx";
import { useLoaded } from "./parts/loading.ts";
import { Empty, Heading, Trouble, Waiting } from "./parts/pieces.tsx";
import { askJson, Refusal } from "./server.ts";
import { now, say, t } from "./settings.ts";

const SAMPLES_SHOWN = 90;
const HOSTS_SHOWN = 12;

interface Reading {
  readonly atMs: number;
  readonly ended: number;
  readonly bytes: number;
  readonly done: ReadonlyMap<string, number>;
}

const totalOf = (numbers: ReadonlyMap<string, number>): number =>
  [...numbers.values()].reduce((sum, value) => sum + value, 0);

export function LivePage() {
  const words = t.value.live;
  const raw = useSignal<Fields | null>(null);
  const pages = useSignal<Series>([]);
  const volume = useSignal<Series>([]);
  const depth = useSignal<Series>([]);
  const rates = useSignal<ReadonlyMap<string, number>>(new Map());
  const before = useSignal<Reading | null>(null);

  const take = (answer: unknown): void => {
    // An event may carry only what changes; the rest stays as the last whole answer said.
    const said = Object.entries(fields(answer)).filter(([, value]) => value !== null);
    raw.value = { ...raw.peek(), ...Object.fromEntries(said) };
    const engine = readEngine(raw.value);
    const reading: Reading = {
      atMs: performance.now(),
      ended: totalOf(engine.ended),
      bytes: engine.bytes ?? 0,
      done: new Map(engine.actors.map(({ name, done }) => [name, done ?? 0])),
    };
    const last = before.peek();
    if (last !== null && reading.atMs - last.atMs < 300) return;
    before.value = reading;
    const rate = (was: number | undefined, is: number): number | null =>
      last === null || was === undefined
        ? null
        : rateOf({ value: was, atMs: last.atMs }, { value: is, atMs: reading.atMs });
    pages.value = withSample(pages.peek(), rate(last?.ended, reading.ended) ?? 0);
    volume.value = withSample(volume.peek(), rate(last?.bytes, reading.bytes) ?? 0);
    depth.value = withSample(
      depth.peek(),
      engine.channels.reduce((sum, channel) => sum + channel.depth, 0),
    );
    rates.value = new Map(
      [...reading.done].map(([name, done]) => [name, rate(last?.done.get(name), done) ?? 0]),
    );
  };
  const { error, isLoading, reload } = useLoaded("actors", async (signal) => {
    take(await askJson("/api/actors", { signal }));
    return true;
  });
  useEffect(
    () =>
      listen((event) => {
        if (event.name === "engine") take(dataOf(event));
        else if (event.name === "poll" && !isLoading.value) reload();
      }),
    [],
  );

  // A process without an engine says so.
  const hasNone = error.value instanceof Refusal && error.value.status === 404;
  const engine = raw.value === null ? null : readEngine(raw.value);
  return (
    <>
      <Heading title={words.title} lead={words.lead}>
        {engine !== null && (
          <span class={`state ${engine.isReady ? "completed" : "failed"}`}>
            <span class="dot" />
            {engine.isReady ? words.ready : `${words.notReady}: ${engine.reasons.join("; ")}`}
            {engine.startedAt !== null && (
              <span class="muted"> · {words.up(say.duration(now.value - engine.startedAt))}</span>
            )}
          </span>
        )}
      </Heading>
      {hasNone ? (
        <section class="card">
          <Empty icon="live" title={words.empty} hint={words.none} />
        </section>
      ) : (
        error.value !== null && <Trouble error={error.value} onRetry={reload} />
      )}
      {engine === null ? (
        error.value === null && <Waiting rows={8} />
      ) : (
        <>
          <div class="charts">
            <Chart title={words.rate} series={pages.value} say={say.short} unit={words.perSecond} />
            <Chart title={words.volume} series={volume.value} say={say.bytes} unit={words.perSecond} />
            <Chart title={words.waiting} series={depth.value} say={say.short} unit="" />
          </div>
          <Graph engine={engine} rates={rates.value} />
          <div class="columns">
            <Progress engine={engine} />
            <Hosts engine={engine} />
          </div>
        </>
      )}
    </>
  );
}

function Chart(props: {
  readonly title: string;
  readonly series: Series;
  readonly say: (value: number) => string;
  readonly unit: string;
}) {
  const box = { width: 240, height: 56, samples: SAMPLES_SHOWN };
  const { line, area, max } = shapeOf(props.series, box);
  const newest = `${props.say(props.series.at(-1) ?? 0)}${props.unit}`;
  return (
    <figure class="card chart">
      <figcaption>
        <span class="muted">{props.title}</span>
        <strong>{newest}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${box.width} ${box.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${props.title}: ${t.value.live.newest(newest)}`}
      >
        <path class="area" d={area} />
        <path class="line" d={line} />
      </svg>
      <span class="muted small scale">{props.series.length > 1 ? `≤ ${props.say(max)}` : ""}</span>
    </figure>
  );
}

function Progress({ engine }: { readonly engine: Engine }) {
  const words = t.value.live;
  const done = totalOf(engine.ended);
  const lanes = [
    { name: "fast", words: words.fast, value: engine.lanes.get("fast") ?? 0 },
    { name: "rich", words: words.rich, value: engine.lanes.get("rich") ?? 0 },
  ];
  const all = lanes.reduce((sum, { value }) => sum + value, 0);
  const told = words.progressOf(say.count(done), say.count(done + engine.open));
  return (
    <section class="card">
      <h2>{words.progress}</h2>
      <progress value={done} max={Math.max(1, done + engine.open)} aria-label={told} />
      <p class="muted small">{told}</p>
      <dl class="figures">
        {(["stored", "failed", "skipped"] as const).map((name) => (
          <div key={name}>
            <dt>{words.ends[name]}</dt>
            <dd>{say.count(engine.ended.get(name) ?? 0)}</dd>
          </div>
        ))}
        <div>
          <dt>{words.open}</dt>
          <dd>{say.count(engine.open)}</dd>
        </div>
        <div>
          <dt>{words.forBrowser}</dt>
          <dd>{say.count(engine.waitingForBrowser)}</dd>
        </div>
      </dl>
      <h3>{words.lanes}</h3>
      <dl class="bars">
        {lanes.map(({ name, words: lane, value }) => (
          <div key={name}>
            <dt>{lane}</dt>
            <dd>
              <meter value={value} max={Math.max(1, all)} aria-label={lane} />
              <span>{say.count(value)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Hosts({ engine }: { readonly engine: Engine }) {
  const words = t.value.live;
  return (
    <section class="card">
      <h2>{words.hosts}</h2>
      {engine.hosts.length === 0 ? (
        <p class="muted">{words.noHosts}</p>
      ) : (
        <div class="table-frame">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.host}</th>
                <th scope="col">{words.inFlight}</th>
                <th scope="col">{words.fetched}</th>
                <th scope="col">{words.failed}</th>
                <th scope="col">{words.latency}</th>
              </tr>
            </thead>
            <tbody>
              {engine.hosts.slice(0, HOSTS_SHOWN).map((host) => (
                <tr key={host.host}>
                  <th scope="row">{host.host}</th>
                  <td>{say.count(host.inFlight)}</td>
                  <td>{say.count(host.fetched)}</td>
                  <td>{say.count(host.failed)}</td>
                  <td>{host.latencyMs === null ? t.value.app.none : say.duration(host.latencyMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
