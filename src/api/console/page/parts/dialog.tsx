// A dialog over the page: the browser's own, which keeps the focus inside, closes with Escape and gives the focus back.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../settings.ts";
import { Icon } from "./icons.tsx";

export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    return () => {
      // Taken out of the page it cannot give the focus back itself.
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog ref={box} aria-labelledby={heading} onClose={props.onClose}>
      <header>
        <h2 id={heading}>{props.title}</h2>
        <button
          type="button"
          class="quiet square"
          aria-label={t.value.app.close}
          onClick={() => box.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

/** Asks before what cannot be undone. */
export function Sure(props: {
  readonly title: string;
  readonly hint: string;
  readonly action: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p class="muted">{props.hint}</p>
      <footer>
        <button type="button" onClick={props.onClose}>
          {t.value.app.cancel}
        </button>
        <button
          type="button"
          class="danger"
          onClick={() => {
            props.onYes();
            props.onClose();
          }}
        >
          {props.action}
        </button>
      </footer>
    </Dialog>
  );
}
