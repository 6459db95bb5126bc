import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Which files a file imports, by their paths below the repository, and which packages. */
export interface Imports {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function resolve(from: string, specifier: string): string {
  const base = join(dirname(from), specifier);
  const candidates = [base, `${base}.ts`, `${base}.tsx`, join(base, 'index.ts')];
  const found = candidates.find((path) => existsSync(path) && statSync(path).isFile());
  if (found === undefined) throw new Error(`${from} imports ${specifier}, which is no file.`);
  return found;
}

/** Reads what every source below some folders imports, types included. Tests are no sources. */
export function readImports(folders: readonly string[]): Map<string, Imports> {
  return new Map(
    folders.flatMap(sourcesIn).map((path) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'));
      const names = importedFiles.map(({ fileName }) => fileName);
      const [files, packages] = [
        names.filter((name) => name.startsWith('.')).map((name) => resolve(path, name)),
        names.filter((name) => !name.startsWith('.')),
      ];
      return [path, { files, packages }];
    }),
  );
}

/** Everything that a file imports directly or through others, itself included. */
export function reachableFrom(file: string, graph: ReadonlyMap<string, Imports>): Set<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(graph.get(next)?.files ?? []));
  }
  return reached;
}

/**
 * The circles of a graph: each a set of nodes that all reach each other.
 * @param edges the nodes that each node leads to
 */
export function findCircles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reach = (from: string): Set<string> => {
    const reached = new Set<string>();
    const open = [...(edges.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(edges.get(next) ?? []));
    }
    return reached;
  };
  const reachable = new Map([...edges.keys()].map((node) => [node, reach(node)]));
  const circles = new Map<string, string[]>();
  for (const [node, reached] of reachable) {
    const circle = [...reached].filter((other) => reachable.get(other)?.has(node)).sort();
    if (circle.length > 1) circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}
