/** The page that was asked for. */
export interface PageRequest {
  readonly page: number;
  readonly limit: number;
}

interface Sliceable<T> {
  readonly length: number;
  slice(start: number, end: number): readonly T[];
}

/** Cuts a page out of a list by skip and limit, and says where it lies in the documented form. */
export function paginate<T>(list: Sliceable<T>, { page, limit }: PageRequest) {
  const start = (page - 1) * limit;
  const totalDocs = list.length;
  const totalPages = Math.max(Math.ceil(totalDocs / limit), 1);
  const hasPrevPage = page > 1;
  const hasNextPage = page < totalPages;
  return {
    items: list.slice(start, start + limit),
    pagination: {
      totalDocs,
      limit,
      hasPrevPage,
      hasNextPage,
      page,
      totalPages,
      pagingCounter: start + 1,
      prevPage: hasPrevPage ? page - 1 : null,
      nextPage: hasNextPage ? page + 1 : null,
    },
  };
}
