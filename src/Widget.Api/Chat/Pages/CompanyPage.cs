using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Chat.Pages;

/// <summary>
/// A company's page: the company, what its assistant does and what to ask, with the chat beside it. The text is part of the HTML, so that
/// search engines and link previews can read it and people see it before the chat is loaded.
/// </summary>
internal sealed class CompanyPage
{
    private const int MaxDescriptionLength = 300;

    /// <summary>What a link's preview shows if the company has no picture: an assistant and two speech bubbles, without text.</summary>
    private const string DefaultPicture = "/embed/preview.png";

    // Text of all languages stays readable in the page's source.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly TenantInfo _tenant;
    private readonly TenantSettings _settings;
    private readonly WidgetTranslation? _translation;
    private readonly string _siteKey;
    private readonly PageWords _words;
    private readonly string _address;

    /// <param name="tenant">The company.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="siteKey">The key of its chat.</param>
    /// <param name="words">The texts in the visitor's language.</param>
    /// <param name="address">The page's canonical address.</param>
    public CompanyPage(TenantInfo tenant, TenantSettings settings, string siteKey, PageWords words, string address)
    {
        (_tenant, _settings, _siteKey, _address) = (tenant, settings, siteKey, address);
        _words = words.For(settings);
        _translation = settings.Translations.GetValueOrDefault(_words.Locale);
    }

    /// <summary>The addresses of the company's pictures.</summary>
    public IEnumerable<string> Pictures => new[] { _settings.Theme.LogoUrl, _settings.Theme.PortraitUrl }.OfType<string>();

    /// <summary>The company's colours, as an inline style sheet.</summary>
    public string Style => StyleOf(_settings.Theme);

    /// <summary>A company's colours, as an inline style sheet.</summary>
    public static string StyleOf(ThemeSettings theme)
    {
        var scheme = theme.Scheme switch
        {
            ColorScheme.Light => "light",
            ColorScheme.Dark => "dark",
            _ => "light dark",
        };
        return $":root{{--accent:{theme.Color};color-scheme:{scheme}}}";
    }

    private string Introduction => Given(_translation?.Introduction) ?? Given(_settings.Introduction)
        ?? Fill(_words.Introduction, _settings.AgentName, _tenant.Name);

    /// <summary>The page that says that no company uses an address.</summary>
    public static string NotFound(PageWords words) => Document(
        words,
        $"<title>{Encode(words.NotFoundTitle)}</title><meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"data:,\">",
        $"<main class=\"missing\"><h1>{Encode(words.NotFoundTitle)}</h1><p>{Encode(words.NotFound)}</p></main>");

    public string Render() => Document(_words, Head(), Body());

    private string Head()
    {
        var title = Encode(Fill(_words.Title, _tenant.Name));
        var description = Encode(Shorten(Introduction));
        var own = _settings.Theme.PortraitUrl ?? _settings.Theme.LogoUrl;
        return $"""
            <title>{title}</title>
            <meta name="description" content="{description}">
            <link rel="canonical" href="{Encode(_address)}">
            <meta name="theme-color" content="{_settings.Theme.Color}">
            <meta property="og:type" content="website">
            <meta property="og:site_name" content="{Encode(_tenant.Name)}">
            <meta property="og:title" content="{title}">
            <meta property="og:description" content="{description}">
            <meta property="og:url" content="{Encode(_address)}">
            <meta property="og:image" content="{Encode(own ?? new Uri(new Uri(_address), DefaultPicture).AbsoluteUri)}">
            <meta name="twitter:card" content="{(own is null ? "summary_large_image" : "summary")}">
            <link rel="icon" href="{Encode(_settings.Theme.LogoUrl ?? "data:,")}">
            <style>{Style}</style>
            """;
    }

    private string Body()
    {
        var greeting = Given(_translation?.Greeting) ?? Given(_settings.Greeting) ?? _words.Greeting;
        var body = new StringBuilder(
            $"""
            <header class="company">
            <div class="brand">{Picture("logo", _settings.Theme.LogoUrl)}<span>{Encode(_tenant.Name)}</span></div>
            <div class="about">
            <h1>{Encode(greeting)}</h1>
            <p class="introduction">{Encode(Introduction)}</p>
            <p class="agent">{Picture("portrait", _settings.Theme.PortraitUrl)}
            <span><strong>{Encode(_settings.AgentName)}</strong>{_words.Assistant}</span></p>
            """);
        AddQuestions(body);
        if (_settings.ContactUrl is { } contact)
            body.Append($"<p class=\"contact\"><a href=\"{Encode(contact)}\">{Encode(_words.Contact)}</a></p>\n");
        body.Append($"<noscript><p class=\"notice\">{Encode(_words.NeedsScript)}</p></noscript>\n</div>\n</header>\n");
        // data-locale is left out: the widget chooses the language as on any page.
        body.Append($"<script async src=\"/widget.js\" data-site-key=\"{Encode(_siteKey)}\" data-mode=\"page\"></script>\n");
        body.Append("<script type=\"module\" src=\"/embed/page.js\"></script>");
        return body.ToString();
    }

    private void AddQuestions(StringBuilder body)
    {
        var questions = _translation is { SuggestedQuestions.Count: > 0 } own ? own.SuggestedQuestions : _settings.SuggestedQuestions;
        if (questions.Count == 0) return;
        body.Append($"<section class=\"questions\"><h2>{Encode(_words.Questions)}</h2>\n<ul>");
        foreach (var question in questions) body.Append($"<li>{Encode(question)}</li>");
        body.Append("</ul></section>\n");
    }

    // The name beside a picture says what it shows, so the alternative text is empty.
    internal static string Picture(string name, string? address) =>
        address is null ? "" : $"<img class=\"{name}\" src=\"{Encode(address)}\" alt=\"\">";

    internal static string Document(PageWords words, string head, string body) =>
        $"""
        <!doctype html>
        <html lang="{words.Locale}" dir="{words.Direction}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
        {head}
        <link rel="stylesheet" href="/embed/page.css">
        </head>
        <body>{body}</body>
        </html>
        """;

    private static string Shorten(string text) =>
        text.Length <= MaxDescriptionLength ? text : Truncation.Truncate(text, MaxDescriptionLength - 1) + "…";

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    internal static string Encode(string text) => Encoder.Encode(text);

    internal static string Fill(string pattern, params object[] values) => string.Format(CultureInfo.InvariantCulture, pattern, values);
}
