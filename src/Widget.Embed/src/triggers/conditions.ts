/** When a message beside the launcher is due. */
import type { Trigger } from '../contract';

/** What is known about the visit. */
export interface Visit {
  /** The page's path. */
  path: string;
  /** Since this page was opened. */
  seconds: number;
  /** How far the visitor has scrolled on this page, from 0 to 100. */
  scrolled: number;
  /** The pointer has left the page at its top. */
  exited: boolean;
  /** The visitor has been here before, in an earlier session of the browser. */
  returning: boolean;
  /** How often the visitor has seen each message. */
  shown: Partial<Record<string, number>>;
}

/** Whether all conditions that are given are met, and the visitor has not seen the message too often. */
export function isDue({ id, when, cap }: Trigger, visit: Visit): boolean {
  return (
    (visit.shown[id] ?? 0) < cap &&
    isOn(when.pages, visit.path) &&
    visit.seconds >= (when.afterSeconds ?? 0) &&
    visit.scrolled >= (when.scrollPercent ?? 0) &&
    (!when.onExit || visit.exited) &&
    (typeof when.returning !== 'boolean' || when.returning === visit.returning)
  );
}

/** Whether one of the patterns matches the path. Without patterns, every page does. */
export function isOn(pages: readonly string[] | null | undefined, path: string): boolean {
  return !pages?.length || pages.some((pattern) => toRegExp(pattern).test(withoutEnd(path)));
}

function toRegExp(pattern: string): RegExp {
  const escaped = withoutEnd(pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`)
    .replace(/[.+^${}()|[\]\\?]/g, '\\$&')
    // "/blog/*" is also the blog's first page.
    .replace(/\/\*+$/, '(/.*)?')
    .replace(/\*+(?!\)\?$)/g, '.*');
  return new RegExp(`^${escaped}$`, 'i');
}

/** "/prices/" and "/prices" are the same page. */
function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
}
