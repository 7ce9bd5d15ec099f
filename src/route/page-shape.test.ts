import assert from "node:assert/strict";
import { test } from "node:test";
import { addressPattern } from "./page-shape.ts";

const table: readonly [url: string, pattern: string][] = [
  ["http://a.test/", "/"],
  ["http://a.test/about", "/~"],
  ["http://a.test/shop/items/4711", "/shop/items/#"],
  ["http://a.test/shop/items/4711?page=2&sort=up", "/shop/items/#?page&sort"],
  ["http://a.test/2024/05/17/a-long-way-from-home", "/#/#/#/*"],
  ["http://a.test/u/3f2a9c/posts/index.HTML", "/u/*#/posts/~.html"],
  ["http://a.test/news/mars-7.html", "/news/*#.html"],
  ["http://a.test/%EB%89%B4%EC%8A%A4/x", "/*#/~"],
  ["no url", ""],
];

for (const [url, pattern] of table)
  test(`${url} is of the kind ${pattern === "" ? "that has none" : pattern}`, () =>
    assert.equal(addressPattern(url), pattern));
