// What every application here does with its data, whatever draws it. PLAN is put in by the bundler: how the host's pages come to
// their text (`mode`), where their data lies, what classes are called.
export const n = (of) => PLAN.names[of] ?? of;

const id = () => /(\d+)/.exec(location.pathname)?.[1] ?? "0";
const from = async (part) => {
  const answer = await fetch(`${PLAN.api}/${id()}${part}`);
  if (!answer.ok) throw new Error(`no data: ${answer.status}`);
  return answer.json();
};

function island() {
  if (PLAN.island.startsWith("window.")) return window[PLAN.island.slice("window.".length)].page;
  return JSON.parse(document.querySelector(PLAN.island).textContent).page;
}

/** What the first drawing has; null where everything is still to come. */
export const first = () => (PLAN.mode === "client" ? null : island());

/** The markup is there already and only comes alive. */
export const hydrates = ["ssr", "partial", "extras"].includes(PLAN.mode);

/** Calls `update` with the page as it is then. */
export async function later(update) {
  try {
    if (PLAN.mode === "client") update(await from(""));
    if (PLAN.mode === "partial") {
      const page = island();
      update({ ...page, blocks: [...page.blocks, ...(await from("-rest"))] });
    }
    if (PLAN.mode === "extras") {
      const page = island();
      update({ ...page, blocks: [...page.blocks, ...(await from("-extra"))] });
    }
  } catch (error) {
    console.error(error);
  }
}

export const mount = () => document.getElementById(PLAN.mount);
