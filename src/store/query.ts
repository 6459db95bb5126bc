/** Every document of a collection has a text as its key. */
export interface StoredDocument {
  readonly _id: string;
}

type Item<Value> = Value extends readonly (infer Element)[] ? Element : Value;

interface Operators<Value> {
  $gt?: Value;
  $gte?: Value;
  $lt?: Value;
  $lte?: Value;
  $ne?: Value;
  $in?: readonly Value[];
  $exists?: boolean;
}

/** A value that a field has, or one of a list's, or what the value must be like. */
type Condition<Value> = Item<NonNullable<Value>> | Extract<Value, null> | Operators<Item<NonNullable<Value>>>;

/** A field of a document. */
export type Field<Document> = keyof Document & string;

/** A field of a document, or behind a dot a field of that field. */
export type FieldPath<Document> = {
  [Name in Field<Document>]: NonNullable<Document[Name]> extends readonly unknown[]
    ? Name
    : NonNullable<Document[Name]> extends object
      ? Name | `${Name}.${Field<NonNullable<Document[Name]>>}`
      : Name;
}[Field<Document>];

type ValueAt<Document, Path> = Path extends keyof Document
  ? Document[Path]
  : Path extends `${infer Name}.${infer Rest}`
    ? Name extends keyof Document
      ? ValueAt<NonNullable<Document[Name]>, Rest>
      : never
    : never;

/** A key, or bounds of it. Not a list of keys: such documents are found one by one, see `findAll`. */
type KeyCondition = string | Omit<Operators<string>, '$in'> | { $startsWith: string };

/** Which documents are meant, by their fields: a misspelt one does not compile. Keys may be searched by a prefix. */
export type Query<Document> = {
  [Path in FieldPath<Document>]?: Path extends '_id' ? KeyCondition : Condition<ValueAt<Document, Path>>;
};

/** A query in which a condition may be undefined, which is no condition. Only for reading. */
export type Filter<Document> = { [Path in keyof Query<Document>]: Query<Document>[Path] | undefined };

/** What to change in a document. */
export interface Update<Document> {
  $set?: { [Name in keyof Document]?: Document[Name] };
  $unset?: { [Name in keyof Document]?: '' };
  $addToSet?: { [Name in keyof Document]?: Item<Document[Name]> };
  $pull?: { [Name in keyof Document]?: Item<Document[Name]> };
}

/** Order of a read: 1 rises, -1 falls. */
export type Sort<Document> = { [Path in FieldPath<Document>]?: 1 | -1 };
