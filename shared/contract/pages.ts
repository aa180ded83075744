/**
 * The routes that answer with pages, or with what search engines read of them. They are no part of the API: its document does not
 * name them. A test holds the template's routes against this list. An index's address has a slash at its end, which the edge takes
 * off: a route cannot have one.
 */
export const PAGE_ROUTES = [
  'GET /find',
  'GET /es/find',
  'GET /stores',
  'GET /es/stores',
  'GET /stores/{dealerId}',
  'GET /es/stores/{dealerId}',
  'GET /sitemap.xml',
  'GET /robots.txt',
] as const;

export type PageRoute = (typeof PAGE_ROUTES)[number];
