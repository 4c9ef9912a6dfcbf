using Widget.Api.Tavus.Client;

namespace Widget.Api.Tavus;

/// <summary>The messages for staff about errors at Tavus. Each says what to do.</summary>
public static class TavusMessages
{
    public const string NoKey =
        "There is no key for Tavus. Set the tenant's own key (PUT /api/tavus/key) or, for all tenants, WIDGET_TAVUS_KEY.";

    public const string NoPublicAddress =
        "WIDGET_PUBLIC_URL is not set, so Tavus cannot reach this installation. Set it to the public https address of this installation.";

    public static string Of(TavusException e) => e.Fault switch
    {
        TavusFault.BadKey => "Tavus does not accept the key. Create a new one in Tavus's portal and set it (PUT /api/tavus/key).",
        TavusFault.NoCredits => "The account at Tavus has no minutes left. Buy more in Tavus's portal.",
        TavusFault.ConcurrencyReached => "The account at Tavus has reached its limit of concurrent calls. Wait until one ends.",
        TavusFault.NotFound => $"Tavus could not find it: {e.Message}",
        TavusFault.Temporary => $"Tavus is unavailable right now: {e.Message} Try again later.",
        TavusFault.Malformed => e.Message,
        _ => $"Tavus refused: {e.Message}",
    };

    /// <summary>The explanation of a document's <c>error_message</c>, which is a code. It continues a sentence about Tavus.</summary>
    public static string OfDocument(string? code) => code switch
    {
        "file_download_failed" =>
            "it could not fetch the file (file_download_failed). Check that its address can be reached from the internet.",
        "file_format_unsupported" => "it does not support this format (file_format_unsupported).",
        "file_size_too_large" => "it is larger than 50 MB (file_size_too_large).",
        "file_empty" => "the file is empty (file_empty).",
        "invalid_file_url" => "the address is not valid (invalid_file_url).",
        "website_processing_failed" => "it could not read the site (website_processing_failed).",
        null or "" => "it gives no reason.",
        _ => $"{code}.",
    };
}
