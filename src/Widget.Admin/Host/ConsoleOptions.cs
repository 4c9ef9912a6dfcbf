namespace Widget.Admin.Host;

/// <summary>What an operator configures for the console.</summary>
/// <param name="Api">The API's address (WIDGET_API_URL).</param>
/// <param name="DataFolder">
/// Keeps the keys that encrypt the sign-in cookie (WIDGET_CONSOLE_DATA). If null, everybody has to sign in again after a restart of the
/// console.
/// </param>
public sealed record ConsoleOptions(Uri Api, string? DataFolder = null);
