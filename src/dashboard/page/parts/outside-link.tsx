import { OutsideInFull } from './outside';

/** An address from a message: a link only if it leads to the web, else just text. */
export function OutsideLink({ url }: { url: string | null }) {
  const isWeb = url !== null && /^https?:\/\//i.test(url) && URL.canParse(url);
  if (!isWeb || url.length > 2000) return <OutsideInFull text={url} />;
  return (
    <a href={url} rel="noreferrer noopener nofollow" target="_blank">
      <bdi class="outside-full">{url}</bdi>
    </a>
  );
}
