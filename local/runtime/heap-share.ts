import { getHeapStatistics } from 'node:v8';

/**
 * How many bytes of bodies or documents may be in work at once, by requests and once more by jobs: parsed, copied and
 * stored they take some eight times as much, and half of the heap is for everything else.
 */
export const heapShareBytes = getHeapStatistics().heap_size_limit / 32;
