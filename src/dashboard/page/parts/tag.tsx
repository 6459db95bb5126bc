import { linkTo } from '../browser/location';
import { hoverText } from './outside';

/** A tag in a line, cut by its column. */
export function Tag({ tag }: { tag: string }) {
  return (
    <bdi class="tag" title={hoverText(tag)}>
      {tag}
    </bdi>
  );
}

/** The tags of a message, each leading to its campaign. */
export function TagLinks({ tags }: { tags: readonly string[] }) {
  return (
    <>
      {tags.map((tag) => (
        <a key={tag} class="tag-link" href={linkTo(['campaigns', tag])}>
          <Tag tag={tag} />
        </a>
      ))}
    </>
  );
}
