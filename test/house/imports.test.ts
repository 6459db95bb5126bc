import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircles, reachableFrom, readImports } from './import-graph';

const graph = readImports(['src', 'local', 'tools']);

const roots = ['src', 'local', 'tools'];
/** The folder of a file; a file at a root is a folder of its own. */
const folderOf = (file: string) => (roots.includes(dirname(file)) ? file : dirname(file));

describe('circles', () => {
  it('no file imports itself through others', () => {
    const edges = new Map([...graph].map(([file, { files }]) => [file, new Set(files)]));
    const circles = findCircles(edges).map((circle) => circle.join(', '));
    expect(circles).toEqual([]);
  });

  it('no folder imports itself through others', () => {
    const edges = new Map<string, Set<string>>();
    for (const [file, { files }] of graph) {
      const from = folderOf(file);
      const others = files.map(folderOf).filter((folder) => folder !== from);
      edges.set(from, new Set([...(edges.get(from) ?? []), ...others]));
    }
    const circles = findCircles(edges).map((circle) => circle.join(', '));
    expect(circles).toEqual([]);
  });

  it('a circle would be found, and a line of imports is not a circle', () => {
    const edges = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set(['b', 'd'])],
      ['d', new Set<string>()],
    ]);
    expect(findCircles(edges)).toEqual([['b', 'c']]);
  });
});

/** The rooms of docs/architecture.md and what each may import. */
function readDirections(): Map<string, readonly string[]> {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const section = page.split('## What may import what')[1]?.split('\n## ')[0] ?? '';
  const namesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => name ?? []);
  return new Map(
    section.split('\n').flatMap((line) => {
      const [, room, allowed] = line.split('|');
      return namesIn(room).map((name) => [name, namesIn(allowed)] as const);
    }),
  );
}

describe('the direction of docs/architecture.md', () => {
  const directions = readDirections();
  /** The innermost room that a file lies in. */
  const roomOf = (file: string) =>
    [...directions.keys()]
      .filter((room) => file === room || file.startsWith(`${room}/`))
      .sort((a, b) => b.length - a.length)[0];

  it('has a room for every file', () => {
    expect(directions.size).toBeGreaterThan(15);
    expect([...graph.keys()].filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('is that of every import', () => {
    const wrong = [...graph].flatMap(([file, { files }]) => {
      const room = roomOf(file) ?? '';
      const allowed = [room, ...(directions.get(room) ?? [])];
      return files
        .filter((imported) => !allowed.includes(roomOf(imported) ?? ''))
        .map((imported) => `${file} imports ${imported}`);
    });
    expect(wrong).toEqual([]);
  });

  it('names nothing that is not imported', () => {
    const used = new Set(
      [...graph].flatMap(([file, { files }]) => files.map((other) => `${roomOf(file)} ${roomOf(other)}`)),
    );
    const unused = [...directions].flatMap(([room, allowed]) =>
      allowed.map((other) => `${room} ${other}`).filter((edge) => !used.has(edge)),
    );
    expect(unused).toEqual([]);
  });
});

describe('what leaves src', () => {
  const own = [...graph].filter(([file]) => file.startsWith('src/'));

  it('is only what a deployed app may import', () => {
    const allowed = /^(codehooks-js|valibot|node:crypto|node:stream(\/promises)?)$/;
    const allowedInPage = /^(preact(\/.*)?|valibot)$/;
    const wrong = own.flatMap(([file, { packages }]) =>
      packages
        .filter((name) => !(file.startsWith('src/dashboard/page/') ? allowedInPage : allowed).test(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reaches the Datastore from src/store alone', () => {
    const touching = own
      .filter(([file]) => !file.startsWith('src/store/'))
      .filter(([file]) => /\b(platformOf|Datastore\.open|DB\.open)\b/.test(readFileSync(file, 'utf8')))
      .map(([file]) => file);
    expect(touching).toEqual([]);
  });

  it('leaves the core of receiving without a platform', () => {
    const core = [...reachableFrom('src/webhook/receive-webhook.ts', graph)];
    expect(core.length).toBeGreaterThan(10);
    expect(core.filter((file) => graph.get(file)?.packages.includes('codehooks-js'))).toEqual([]);
    expect(core.filter((file) => file.startsWith('src/store/'))).toEqual([]);
  });
});
