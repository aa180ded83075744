/** How long the edge and browsers may repeat a public answer: as it is, and after that while they ask anew (RFC 5861, 3). */
export const PUBLIC_CACHE = { freshSeconds: 60, staleSeconds: 600 } as const;
