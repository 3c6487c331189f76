/** A member named `bvn`, its value a string, a number or null. Within a string its quotes would be escaped. */
const BVN = /(?<!\\)("bvn"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[-+.\w]+)/gi;

/** JSON without the customer's bank verification number, which identifies a person for life: null stands in its place. */
export const withoutBvn = (json: string): string => json.replace(BVN, '$1null');
