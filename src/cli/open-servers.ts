// The processor's stores on servers, opened for questions: they are shared, so nobody owns them and no running process need
// be reached. What is put back goes through Kafka, as it came.
import type { Config } from "../config.ts";
import { hostKey } from "../frontier/index.ts";
import { type DeadLetterRow, serverStore } from "../store/index.ts";
import { recordSink, TOPICS, type TopicName, type WireRecord } from "../wire/index.ts";
import type { Io } from "./io.ts";
import { type OpenFolder, openStore, software } from "./open-folder.ts";

export function openServers(
  folder: string,
  config: Config,
  io: Pick<Io, "clock" | "stop">,
): Promise<OpenFolder> {
  const store = serverStore(folder, config.store, software(), io.clock);
  const replays = replayer(config, io.stop);
  const replayRecord = (letter: DeadLetterRow): Promise<boolean> => replays.replay(letter);
  return openStore({ folder, store, frontier: null, replayRecord, config }, io, () => replays.close());
}

const TOPIC_NAMES: readonly string[] = Object.values(TOPICS);
const isTopic = (name: string): name is TopicName => TOPIC_NAMES.includes(name);

/** Puts a dead letter's record back where it came from; one without a record has its URL fetched again by its ingestor. */
export function replayer(config: Config, signal: AbortSignal) {
  const sink = recordSink({ name: "replays", wire: config.wire });
  const sent = async (record: WireRecord): Promise<boolean> => {
    await sink.connect(signal);
    const [written] = await sink.write([record], signal);
    return written?.kind === "written";
  };
  return {
    async replay({ id, url, origin, payload }: DeadLetterRow): Promise<boolean> {
      const host = url === null ? null : hostKey(url);
      const topic = origin?.split("/")[0] ?? TOPICS.rawPage;
      if (payload !== null && isTopic(topic)) {
        if (await sent({ kind: "raw", topic, key: host ?? id, value: payload })) return true;
      }
      if (url === null || host === null) return false;
      return sent({ kind: "frontier", record: { kind: "order", reason: "refetch", host, url } });
    },
    close: () => sink.close(),
  };
}
