// The graph of actors and channels as a drawing, and the same figures as tables for who cannot see it.
import { BOX, drawingOf } from "../actor-graph.ts";
import type { Engine, EngineChannel } from "../answers.ts";
import { say, t } from "./settings.ts";

/** Share of a channel's room from which it counts as full. */
const FULL_SHARE = 0.9;

export function Graph(props: { readonly engine: Engine; readonly rates: ReadonlyMap<string, number> }) {
  const words = t.value.live;
  const { engine, rates } = props;
  const drawing = drawingOf(engine);
  const rateOf = (name: string): string => `${say.short(rates.get(name) ?? 0)}${words.perSecond}`;
  return (
    <section class="card" aria-label={words.graph}>
      <h2>{words.graph}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls sideways, which the keyboard must be able to do. */}
      <div class="graph-frame" tabIndex={0}>
        <svg
          class="graph"
          style={{ maxWidth: `${drawing.width}px` }}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          role="img"
          aria-label={words.graph}
        >
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M1 1L7 4L1 7" class="arrow" />
            </marker>
          </defs>
          {drawing.edges.map((edge) => {
            const { channel, from, to, path, label } = edge;
            const isMoving = (rates.get(to.actor.name) ?? 0) > 0 || channel.depth > 0;
            return (
              <g key={`${channel.name} ${from.actor.name} ${to.actor.name}`} class="channel">
                <title>{`${channel.name}: ${roomOf(channel)}, ${rateOf(channel.to)}`}</title>
                <path
                  class={`${isMoving ? "moving" : ""} ${loadOf(channel)}`}
                  d={path}
                  marker-end="url(#arrow)"
                />
                <text x={label.x} y={label.y} class={loadOf(channel)}>
                  {say.short(channel.depth)}
                </text>
              </g>
            );
          })}
          {drawing.nodes.map(({ actor, x, y }) => (
            <g
              key={actor.name}
              class={`actor ${actor.state ?? ""} ${actor.restarts > 0 ? "restarted" : ""}`}
              transform={`translate(${x} ${y})`}
            >
              <rect width={BOX.width} height={BOX.height} rx="10" />
              <text x="12" y="23" class={actor.name.length > 14 ? "name long" : "name"}>
                {actor.name}
              </text>
              <text x="12" y="43" class="rate">
                {rateOf(actor.name)}
              </text>
              {(actor.busy ?? 0) > 0 && (
                <text x={BOX.width - 12} y="43" class="busy">
                  {say.short(actor.busy ?? 0)}
                </text>
              )}
              {actor.restarts > 0 && (
                <text x={BOX.width - 12} y="23" class="restarts">
                  ↻{say.short(actor.restarts)}
                </text>
              )}
            </g>
          ))}
        </svg>
      </div>
      <details class="as-table">
        <summary>{words.graphText}</summary>
        <div class="columns">
          <div class="table-frame">
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.actor}</th>
                  <th scope="col">{words.busy}</th>
                  <th scope="col">{words.done}</th>
                  <th scope="col">{words.rate}</th>
                  <th scope="col">{words.restarts}</th>
                </tr>
              </thead>
              <tbody>
                {engine.actors.map((actor) => (
                  <tr key={actor.name}>
                    <th scope="row">{actor.name}</th>
                    <td>{actor.busy === null ? t.value.app.none : say.count(actor.busy)}</td>
                    <td>{actor.done === null ? t.value.app.none : say.count(actor.done)}</td>
                    <td>{rateOf(actor.name)}</td>
                    <td>{say.count(actor.restarts)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div class="table-frame">
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.channel}</th>
                  <th scope="col">{words.depth}</th>
                  <th scope="col">{words.room}</th>
                  <th scope="col">{words.taken}</th>
                </tr>
              </thead>
              <tbody>
                {engine.channels.map((channel) => (
                  <tr key={channel.name}>
                    <th scope="row">{channel.name}</th>
                    <td>{say.count(channel.depth)}</td>
                    <td>{channel.depthMax === null ? t.value.app.none : say.count(channel.depthMax)}</td>
                    <td>{rateOf(channel.to)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      </details>
    </section>
  );
}

const roomOf = ({ depth, depthMax }: EngineChannel): string =>
  depthMax === null ? say.count(depth) : t.value.live.ofRoom(say.count(depth), say.count(depthMax));

const loadOf = ({ depth, depthMax }: EngineChannel): string =>
  depthMax !== null && depth >= depthMax * FULL_SHARE ? "full" : depth > 0 ? "some" : "";
