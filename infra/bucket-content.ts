/** Metadata of a bucket: the folder, from the repository's root, whose files belong in it. A template itself knows nothing of files. */
export const CONTENT_METADATA = 'locator:content';
