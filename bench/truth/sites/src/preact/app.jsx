import { useEffect, useState } from "preact/hooks";
import { later, n } from "../data.js";

function Block({ block }) {
  if (block.kind === "p") return <p class={n("p")}>{block.text}</p>;
  if (block.kind === "h2") return <h2 class={n("h2")}>{block.text}</h2>;
  if (block.kind === "row")
    return (
      <div class={n("row")}>
        <span>{block.title}</span> <span>{block.text}</span>
      </div>
    );
  if (block.kind === "comment")
    return (
      <div class={n("comment")}>
        <b>{block.title}</b>
        <p>{block.text}</p>
      </div>
    );
  return (
    <div class={n("card")}>
      <h3>
        <a href={block.href}>{block.title}</a>
      </h3>
      <p>{block.text}</p>
    </div>
  );
}

function Page({ page }) {
  const Main = PLAN.semantic ? "main" : "div";
  const Article = PLAN.semantic ? "article" : "div";
  return (
    <Main class={n("content")}>
      <Article class={n(page.kind)}>
        <h1>{page.title}</h1>
        <p class={n("byline")}>{page.byline}</p>
        {page.blocks.map((block) => (
          <Block key={block.text} block={block} />
        ))}
      </Article>
    </Main>
  );
}

export function App({ first }) {
  const [page, setPage] = useState(first);
  const [count, setCount] = useState(0);
  useEffect(() => {
    later(setPage);
  }, []);
  return (
    <div class={n("layout")}>
      {page === null ? <div class={n("wait")}>{PLAN.wait}</div> : <Page page={page} />}
      <button type="button" onClick={() => setCount(count + 1)}>
        ♥ {count}
      </button>
    </div>
  );
}
