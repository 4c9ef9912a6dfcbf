using Widget.Api.Tavus.Client;

namespace Widget.Api.Tavus;

/// <summary>What Tavus says, in words that tell a person what to do.</summary>
public static class TavusWords
{
    public const string NoKey = "There is no key for Tavus. Set the tenant's own (PUT /api/tavus/key) or, for all tenants, WIDGET_TAVUS_KEY.";

    public const string NoPublicAddress =
        "WIDGET_PUBLIC_URL is not set, so Tavus cannot reach this installation. Set it to the https address under which others reach it.";

    public static string Of(TavusException e) => e.Fault switch
    {
        TavusFault.BadKey => "Tavus does not accept the key. Make a new one in Tavus's portal and set it (PUT /api/tavus/key).",
        TavusFault.NoCredits => "The account at Tavus has no minutes left. Buy more in Tavus's portal.",
        TavusFault.ConcurrencyReached => "All calls that the account at Tavus allows at once are taken. Wait until one ends.",
        TavusFault.NotFound => $"Tavus does not know it, or not any more: {e.Message}",
        TavusFault.Temporary => $"Tavus is not to be reached just now, or has trouble of its own: {e.Message} Try again later.",
        TavusFault.Malformed => e.Message,
        _ => $"Tavus refuses it: {e.Message}",
    };

    /// <summary>A document's <c>error_message</c>, which is a code.</summary>
    public static string OfDocument(string? code) => code switch
    {
        "file_download_failed" => "it could not fetch it from its address (file_download_failed). Is the address to be reached from outside?",
        "file_format_unsupported" => "it does not read this format (file_format_unsupported).",
        "file_size_too_large" => "it is larger than 50 MB (file_size_too_large).",
        "file_empty" => "there is nothing in it (file_empty).",
        "invalid_file_url" => "its address is not one that can be fetched (invalid_file_url).",
        "website_processing_failed" => "it could not read the site (website_processing_failed).",
        null or "" => "it does not say why.",
        _ => $"{code}.",
    };
}
