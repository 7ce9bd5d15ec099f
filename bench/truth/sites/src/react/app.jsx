import { useEffect, useState } from "react";
import { later, n } from "../data.js";

function Block({ block }) {
  if (block.kind === "p") return <p className={n("p")}>{block.text}</p>;
  if (block.kind === "h2") return <h2 className={n("h2")}>{block.text}</h2>;
  if (block.kind === "row")
    return (
      <div className={n("row")}>
        <span>{block.title}</span> <span>{block.text}</span>
      </div>
    );
  if (block.kind === "comment")
    return (
      <div className={n("comment")}>
        <b>{block.title}</b>
        <p>{block.text}</p>
      </div>
    );
  return (
    <div className={n("card")}>
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
    <Main className={n("content")}>
      <Article className={n(page.kind)}>
        <h1>{page.title}</h1>
        <p className={n("byline")}>{page.byline}</p>
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
    <div className={n("layout")}>
      {page === null ? <div className={n("wait")}>{PLAN.wait}</div> : <Page page={page} />}
      <button type="button" onClick={() => setCount(count + 1)}>
        ♥ {count}
      </button>
    </div>
  );
}
