import { Context } from 'mingo/core';
import {
  $all,
  $elemMatch,
  $eq,
  $exists,
  $gt,
  $gte,
  $in,
  $lt,
  $lte,
  $ne,
  $nin,
  $not,
  $regex,
} from 'mingo/operators/query';
import { $and, $or } from 'mingo/operators/query/logical';
import type { AnyObject } from 'mingo/types';
import { resolve } from 'mingo/util';

/** A text operator of Codehooks, which MongoDB does not have: true when the field or an element fits. */
function textOperator(fits: (text: string, operand: string) => boolean) {
  return (selector: string, operand: unknown, _options: unknown) => (document: AnyObject) => {
    const value = resolve(document, selector, { unwrapArray: true });
    const values = Array.isArray(value) ? value : [value];
    return values.some((item) => typeof item === 'string' && fits(item, String(operand)));
  };
}

/** What mingo may use: the documented operators and nothing else. */
export const queryContext = Context.init({
  query: {
    $all,
    $and,
    $elemMatch,
    $endsWith: textOperator((text, operand) => text.endsWith(operand)),
    $eq,
    $exists,
    $gt,
    $gte,
    $in,
    $lt,
    $lte,
    $ne,
    $nin,
    $not,
    $or,
    $regex,
    $startsWith: textOperator((text, operand) => text.startsWith(operand)),
  },
});
