// The console's pictures: lines on a 24 × 24 field, in the colour of the text, said by the words beside them.
import type { Place } from "../../address.ts";

const PATHS = {
  scrape: "M4 5h16M4 10h10M4 15h6M15.500 13v7M12.500 17l3 3 3-3",
  schedules: "M12 7v5l3.500 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  live: "M3 12h4l2.500-7 4.500 14 2.500-7H21",
  pages: "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h5",
  letters: "M3 6h18v13H3zM3 7l9 7 9-7",
  jobs: "M5 6h4v4H5zM5 15h4v4H5zM13 8h7M13 17h7",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  download: "M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14",
  refresh:
    "M20 11a8 8 0 0 0-14-4.500L4 8.500M4 4v4.500h4.500M4 13a8 8 0 0 0 14 4.500l2-2M20 20v-4.500h-4.500",
  open: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  plus: "M12 5v14M5 12h14",
  trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5",
  play: "M8 5l11 7-11 7z",
  back: "M14 6l-6 6 6 6",
  next: "M10 6l6 6-6 6",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16.500 16.500L21 21",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M17 14h.01M7 14h7",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  system: "M3 5h18v11H3zM9 20h6M12 16v4",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  pending: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4l2.500 1.500",
  running: "M12 4a8 8 0 1 1-8 8",
  completed: "M5 12.500l4.500 4.500L19 7.500",
  failed: "M12 4l9 16H3zM12 10v4M12 17h.01",
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName | Place }) => (
  <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
);

/** The mill wheel over its race. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <g class="wheel">
      <circle cx="16" cy="13.5" r="8.5" />
      <circle cx="16" cy="13.5" r="1.6" class="filled" />
      <path d="M16 5v6M16 16v6M7.500 13.500h6M18.500 13.500h6M10 7.500l4 4M18 15.500l4 4M22 7.500l-4 4M14 15.500l-4 4" />
    </g>
    <path d="M3 27c3-2.500 5-2.500 8 0s6 2.500 9 0 6-2.500 9 0" />
  </svg>
);
