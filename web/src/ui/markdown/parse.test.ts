import { describe, expect, test } from 'vitest';
import { isOnlyEmoji, parseMarkdown, safeHref, type Block, type Inline } from './parse';

const user = '01hzy3v9k2q4w6e8r0t1y3s5d7';

/** The tree in short. */
const line = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      switch (part.is) {
        case 'text':
          return part.text;
        case 'break':
          return '⏎';
        case 'code':
          return `code(${part.text})`;
        case 'mention':
          return `@(${part.user.slice(-2)})`;
        case 'link':
          return `link(${part.href} ${line(part.inside)})`;
        default:
          return `${part.is}(${line(part.inside)})`;
      }
    })
    .join('');

const short = (blocks: readonly Block[]): string =>
  blocks
    .map((block) => {
      switch (block.is) {
        case 'paragraph':
          return `p(${line(block.inside)})`;
        case 'code':
          return `pre:${block.language}(${block.text})`;
        case 'quote':
          return `quote(${short(block.blocks)})`;
        case 'list':
          return `${block.start === null ? 'ul' : `ol${block.start}`}(${block.items.map(short).join(', ')})`;
      }
    })
    .join(' ');

const read = (text: string): string => short(parseMarkdown(text));

describe('what is read', () => {
  test.each([
    ['plain', 'p(plain)'],
    ['**bold** *lean* ~~gone~~', 'p(strong(bold) emphasis(lean) strike(gone))'],
    ['**a *b* c**', 'p(strong(a emphasis(b) c))'],
    ['`a*b*`', 'p(code(a*b*))'],
    ['one\ntwo', 'p(one⏎two)'],
    ['one\n\ntwo', 'p(one) p(two)'],
    ['```py\nx = 1\n\ny = 2\n```', 'pre:py(x = 1\n\ny = 2)'],
    ['```\nunclosed', 'pre:(unclosed)'],
    ['> said\n\nreply', 'quote(p(said)) p(reply)'],
    ['- a\n- b', 'ul(p(a), p(b))'],
    ['3. a\n4. b', 'ol3(p(a), p(b))'],
    [`hi <@${user}>`, 'p(hi @(d7))'],
    [`\`<@${user}>\``, `p(code(<@${user}>))`],
    ['see https://a.example/b_c', 'p(see link(https://a.example/b_c https://a.example/b_c))'],
    ['[words](https://a.example)', 'p(link(https://a.example/ words))'],
    ['\\*not lean\\*', 'p(*not lean*)'],
    ['snake_case_name', 'p(snake_case_name)'],
  ])('%j', (text, tree) => {
    expect(read(text)).toBe(tree);
  });
});

describe('what is left as it was typed', () => {
  test.each([
    '<b>markup</b>',
    '<script>alert(1)</script>',
    '# no heading',
    '![picture](https://a.example/p.png)',
    'readme.md and a.b.example',
    '| a | b |',
    '&amp; stays',
  ])('%j', (text) => {
    const plain = parseMarkdown(text).flatMap((block) =>
      block.is === 'paragraph' ? block.inside : [],
    );
    const words = plain.map((part) =>
      part.is === 'text' ? part.text : part.is === 'link' ? `[${line(part.inside)}](link)` : '?',
    );
    const kept = text.replace('(https://a.example/p.png)', '(link)');
    expect(words.join('')).toBe(kept);
  });
});

describe('links', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:x',
    '//a.example',
    '/rooms',
    '',
  ])('%j is not one', (href) => {
    expect(safeHref(href)).toBeNull();
    expect(JSON.stringify(parseMarkdown(`[x](${href}) <${href}>`))).not.toContain('"link"');
  });

  test.each(['https://a.example/', 'http://a.example/', 'mailto:ann@a.example'])('%s', (href) => {
    expect(safeHref(href)).toBe(href);
  });
});

test('nothing makes it throw, or take long', () => {
  const hostile = ['['.repeat(4000), '*'.repeat(4000), '> '.repeat(2000), '`'.repeat(3999), '\0'];
  for (const text of hostile) expect(() => parseMarkdown(text)).not.toThrow();
});

test.each([
  ['😂', true],
  ['👩‍👩‍👧 🇸🇪', true],
  ['👍👍👍👍', false],
  ['ok 👍', false],
  ['12', false],
  ['', false],
])('%j is only emoji: %s', (text, only) => {
  expect(isOnlyEmoji(text)).toBe(only);
});
