export { default } from './probe.ts';
