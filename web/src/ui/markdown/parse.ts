import MarkdownIt, { type Token } from 'markdown-it';

/** A text as a tree that components draw: nothing in it can carry markup into the page. */
export type Inline =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'break' }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'mention'; readonly user: string }
  | { readonly is: 'strong'; readonly inside: readonly Inline[] }
  | { readonly is: 'emphasis'; readonly inside: readonly Inline[] }
  | { readonly is: 'strike'; readonly inside: readonly Inline[] }
  | { readonly is: 'link'; readonly href: string; readonly inside: readonly Inline[] };

export type Block =
  | { readonly is: 'paragraph'; readonly inside: readonly Inline[] }
  | { readonly is: 'code'; readonly text: string; readonly language: string }
  | { readonly is: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly is: 'list';
      readonly start: number | null;
      readonly items: readonly (readonly Block[])[];
    };

const mention = /<@([0-7][0-9a-hjkmnp-tv-z]{25})>/g;
const safeProtocols = new Set(['http:', 'https:', 'mailto:']);

/** The subset: emphasis, strike, code, links, quotes and lists. No HTML, pictures or headings. */
const markdown = new MarkdownIt('zero', { html: false, linkify: true, breaks: true }).enable([
  'emphasis',
  'strikethrough',
  'backticks',
  'escape',
  'link',
  'linkify',
  'newline',
  'balance_pairs',
  'fragments_join',
  'fence',
  'blockquote',
  'list',
]);
markdown.validateLink = (href) => safeHref(href) !== null;
// A bare `readme.md` or `foo.py` is a file more often than a place in the web.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

/** An address that may be opened, or null. */
export function safeHref(href: string): string | null {
  try {
    const url = new URL(href);
    return safeProtocols.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Reads a message. Never throws; what is not in the subset stays as it was typed. */
export function parseMarkdown(text: string): Block[] {
  return new Reader(markdown.parse(text, {})).blocks(null);
}

/** Whether a text is one to three emoji and nothing else, which are then drawn large. */
export function isOnlyEmoji(text: string): boolean {
  const parts = [...new Intl.Segmenter().segment(text.replace(/\s+/gu, ''))];
  return (
    parts.length > 0 &&
    parts.length <= 3 &&
    parts.every(({ segment }) => /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(segment))
  );
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  blocks(until: string | null): Block[] {
    const blocks: Block[] = [];
    for (let token = this.#next(); token && token.type !== until; token = this.#next()) {
      switch (token.type) {
        case 'inline':
          blocks.push({ is: 'paragraph', inside: new InlineReader(token.children ?? []).read() });
          break;
        case 'fence':
          blocks.push({
            is: 'code',
            text: token.content.replace(/\n$/, ''),
            language: token.info.trim().split(/\s+/)[0] ?? '',
          });
          break;
        case 'blockquote_open':
          blocks.push({ is: 'quote', blocks: this.blocks('blockquote_close') });
          break;
        case 'bullet_list_open':
          blocks.push({ is: 'list', start: null, items: this.#items('bullet_list_close') });
          break;
        case 'ordered_list_open':
          blocks.push({
            is: 'list',
            start: Number(token.attrGet('start') ?? 1),
            items: this.#items('ordered_list_close'),
          });
          break;
        default:
          break; // A paragraph's own opening and closing.
      }
    }
    return blocks;
  }

  #items(until: string): Block[][] {
    const items: Block[][] = [];
    for (let token = this.#next(); token && token.type !== until; token = this.#next()) {
      if (token.type === 'list_item_open') items.push(this.blocks('list_item_close'));
    }
    return items;
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++];
  }
}

class InlineReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(until: string | null = null): Inline[] {
    const parts: Inline[] = [];
    for (let token = this.#next(); token && token.type !== until; token = this.#next()) {
      switch (token.type) {
        case 'strong_open':
          parts.push({ is: 'strong', inside: this.read('strong_close') });
          break;
        case 'em_open':
          parts.push({ is: 'emphasis', inside: this.read('em_close') });
          break;
        case 's_open':
          parts.push({ is: 'strike', inside: this.read('s_close') });
          break;
        case 'link_open':
          parts.push(this.#link(token));
          break;
        case 'code_inline':
          parts.push({ is: 'code', text: token.content });
          break;
        case 'softbreak':
        case 'hardbreak':
          parts.push({ is: 'break' });
          break;
        default:
          parts.push(...withMentions(token.content));
      }
    }
    return parts;
  }

  #link(token: Token): Inline {
    const inside = this.read('link_close');
    const href = safeHref(String(token.attrGet('href') ?? ''));
    return href === null ? { is: 'text', text: '' } : { is: 'link', href, inside };
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++];
  }
}

function withMentions(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(mention)) {
    if (match.index > from) parts.push({ is: 'text', text: text.slice(from, match.index) });
    parts.push({ is: 'mention', user: match[1] ?? '' });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ is: 'text', text: text.slice(from) });
  return parts;
}
