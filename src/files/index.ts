/** Level 2: uploads and attachments. Contents are kept in the database, in pieces, each once whatever its names. */
export { DataDecoder } from './data-decoder.ts';
export { DEFAULT_MIMETYPE, fileNameFault } from './file-faults.ts';
export { type OpenedFile, openFile } from './open-file.ts';
export { type Attachment, parseAttach } from './parse-attach.ts';
export { purgeFiles, purgeUploads } from './purge-files.ts';
export { keepFilesUntil } from './sql/keep-files-until.ts';
export { type StoredAttachment, storeAttachments } from './store-attachments.ts';
export { storeUpload } from './store-upload.ts';
export { startUpload, type Upload, type UploadedContent } from './upload.ts';
