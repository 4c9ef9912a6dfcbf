import { cloneElement, type ComponentChildren, type VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { parse } from '../markdown/blocks';
import type { Block, Inline } from '../markdown/tree';
import { splitUntranslated } from '../markdown/untranslated';

interface Props {
  text: string;
  /** Shows a citation; null leaves it out. */
  cite: (number: number) => ComponentChildren;
}

/** Selects the elements that a browser's translation puts in place of text. */
const translated = ':is(font)';

/** An answer's text as elements. */
export function Markdown({ text, cite }: Props) {
  const first = useRef<Element>(null);
  const generation = useRef(0);
  // A browser's translation replaces our text by elements of its own, and would not show what is added later. Then everything is rendered again.
  if (first.current?.parentElement?.querySelector(translated)) generation.current++;
  return (
    <>
      {parse(text).map((block, i) =>
        cloneElement(renderBlock(block, cite), {
          key: `${generation.current}:${i}`,
          ...(i === 0 ? { ref: first } : {}),
        }),
      )}
    </>
  );
}

function renderBlock(block: Block, cite: Props['cite']): VNode {
  switch (block.type) {
    case 'paragraph':
      return <p class={block.children.every(isCitation) ? 'cites' : undefined}>{renderInline(block.children, cite)}</p>;
    case 'heading':
      return (
        <p>
          <strong>{renderInline(block.children, cite)}</strong>
        </p>
      );
    case 'code':
      return (
        <pre tabIndex={0} translate={false}>
          <code>{block.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote>{block.children.map((child) => renderBlock(child, cite))}</blockquote>;
    case 'list': {
      const items = block.items.map((item) => (
        <li>
          {item.map((child, i) =>
            i === 0 && child.type === 'paragraph' ? renderInline(child.children, cite) : renderBlock(child, cite),
          )}
        </li>
      ));
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return (
        <div class="table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell) => (
                  <th>{renderInline(cell, cite)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row) => (
                <tr>
                  {row.map((cell) => (
                    <td>{renderInline(cell, cite)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

/** A citation, or the space between two. */
function isCitation(node: Inline): boolean {
  return node.type === 'citation' || (node.type === 'text' && node.text.trim() === '');
}

function renderInline(nodes: Inline[], cite: Props['cite']): ComponentChildren {
  return nodes.map((node, at) => {
    switch (node.type) {
      case 'text':
        // A number stays on the line of the word before it.
        return splitUntranslated(
          nodes[at + 1]?.type === 'citation' ? node.text.replace(/ $/, '\u00a0') : node.text,
        ).map((part, i) => (i % 2 ? <span translate={false}>{part}</span> : part));
      case 'strong':
        return <strong>{renderInline(node.children, cite)}</strong>;
      case 'em':
        return <em>{renderInline(node.children, cite)}</em>;
      case 'del':
        return <del>{renderInline(node.children, cite)}</del>;
      case 'code':
        return <code translate={false}>{node.text}</code>;
      case 'link':
        return (
          <a href={node.href} target="_blank" rel="noopener noreferrer nofollow">
            {renderInline(node.children, cite)}
          </a>
        );
      case 'citation':
        // Browsers break lines beside a button. Word joiners join it to the letters around it.
        return (
          <span class="joined">
            {'\u2060'}
            {cite(node.number)}
            {'\u2060'}
          </span>
        );
      case 'break':
        return <br />;
    }
  });
}
