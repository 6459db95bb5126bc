import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons';

interface PageHeadProps {
  /** What the tab of the browser says, and the heading unless there is another one. */
  title: string;
  heading?: ComponentChildren;
  /** The list that this is one of. */
  back?: { href: string; name: string };
  children?: ComponentChildren;
}

/** On the first view the browser begins at the top anyway. */
let isFirstView = true;

/** The first heading of a view. It takes the focus, so that a screen reader begins there. */
export function PageHead({ title, heading = title, back, children }: PageHeadProps) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title.slice(0, 80)} · Mail events`;
  }, [title]);
  useEffect(() => {
    if (!isFirstView) head.current?.focus({ preventScroll: true });
    isFirstView = false;
    scrollTo(0, 0);
  }, []);
  return (
    <header class="page-head">
      {back !== undefined && (
        <a class="back" href={back.href}>
          <Icon name="back" />
          {back.name}
        </a>
      )}
      <h1 ref={head} tabIndex={-1}>
        {heading}
      </h1>
      {children !== undefined && <div class="page-actions">{children}</div>}
    </header>
  );
}
