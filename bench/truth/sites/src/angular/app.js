import "@angular/compiler";
import { NgTemplateOutlet } from "@angular/common";
import { Component, InjectionToken, inject, signal } from "@angular/core";
import { later, n } from "../data.js";

export const FIRST = new InjectionToken("first");

const main = PLAN.semantic ? "main" : "div";
const article = PLAN.semantic ? "article" : "div";

export const App = Component({
  selector: "app-root",
  imports: [NgTemplateOutlet],
  template: `<div class="${n("layout")}">
  @if (page(); as shown) {
    <${main} class="${n("content")}"><${article} [class]="n(shown.kind)"><h1>{{ shown.title }}</h1><p class="${n("byline")}">{{ shown.byline }}</p>
    @for (block of shown.blocks; track $index) {
      @switch (block.kind) {
        @case ("p") { <p class="${n("p")}">{{ block.text }}</p> }
        @case ("h2") { <h2 class="${n("h2")}">{{ block.text }}</h2> }
        @case ("row") { <div class="${n("row")}"><span>{{ block.title }}</span> <span>{{ block.text }}</span></div> }
        @case ("comment") { <div class="${n("comment")}"><b>{{ block.title }}</b><p>{{ block.text }}</p></div> }
        @default { <div class="${n("card")}"><h3><a [href]="block.href">{{ block.title }}</a></h3><p>{{ block.text }}</p></div> }
      }
    }
    </${article}></${main}>
  } @else { <div class="${n("wait")}">${PLAN.wait}</div> }
  <button type="button" (click)="like()">♥ {{ count() }}</button></div>`,
})(
  class {
    page = signal(inject(FIRST));
    count = signal(0);
    n = n;
    constructor() {
      if (typeof window !== "undefined") later((next) => this.page.set(next));
    }
    like() {
      this.count.update((count) => count + 1);
    }
  },
);
