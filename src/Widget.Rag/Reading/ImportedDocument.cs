namespace Widget.Rag.Reading;

/// <summary>A document for the import API.</summary>
/// <param name="ExternalId">The importer's id. Importing the same id again replaces the document.</param>
/// <param name="Description">The importer's metadata.</param>
/// <param name="Content">The bytes, in the description's media type.</param>
/// <param name="Error">Why the document is rejected; it fails immediately. Null for a valid document.</param>
public sealed record ImportedDocument(string ExternalId, DocumentDescription Description, byte[] Content, string? Error = null);
