namespace Widget.Api.Contacts;

/// <param name="Place">Where it is in the plain text.</param>
/// <param name="Value">The e-mail address in lower case, or the phone number as E.164.</param>
internal readonly record struct FoundContact(Range Place, string Value);
