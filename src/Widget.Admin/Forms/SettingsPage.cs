using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Widget.Admin.Api;
using Widget.Admin.Parts;
using Widget.Contracts;

namespace Widget.Admin.Forms;

/// <summary>A page that changes the tenant's settings. It keeps what was typed until it is saved or discarded.</summary>
public abstract class SettingsPage : ConsolePage
{
    private string _saved = "";

    [Inject]
    protected IStringLocalizer<CommonTexts> Common { get; set; } = null!;

    /// <summary>The settings with the changes that are not saved.</summary>
    protected TenantSettings Draft { get; private set; } = new();

    /// <summary>The API's errors, by the field's name in JSON.</summary>
    protected IReadOnlyDictionary<string, string[]> Errors { get; private set; } = new Dictionary<string, string[]>();

    protected bool Saving { get; private set; }

    protected bool Changed => _saved.Length > 0 && Write(Draft) != _saved;

    protected bool ReadOnly => !May("settings.write");

    /// <summary>Reads the settings. Changes that are not saved stay.</summary>
    protected async Task<TenantSettings> ReadSettingsAsync(CancellationToken ct)
    {
        var settings = await Api.GetAsync<TenantSettings>("/api/settings", ct);
        if (!Changed) (Draft, _saved) = (settings, Write(settings));
        return settings;
    }

    protected virtual void Change(TenantSettings settings) => Draft = settings;

    /// <summary>Runs after the settings were saved.</summary>
    protected virtual Task SavedAsync() => Task.CompletedTask;

    protected async Task SaveAsync()
    {
        Saving = true;
        try
        {
            if (!await TryAsync(PutAsync, Common["saved"])) return;
            await SavedAsync();
        }
        finally
        {
            Saving = false;
        }
    }

    protected void Discard()
    {
        Errors = new Dictionary<string, string[]>();
        Change(JsonSerializer.Deserialize<TenantSettings>(_saved, ApiClient.Json)!);
    }

    private async Task PutAsync()
    {
        try
        {
            var sent = Draft;
            var saved = await Api.PutAsync<TenantSettings>("/api/settings", sent, Leaving);
            Errors = new Dictionary<string, string[]>();
            _saved = Write(saved);
            // What was typed while the request ran stays.
            if (ReferenceEquals(sent, Draft)) Draft = saved;
        }
        catch (ApiException failure)
        {
            Errors = failure.Errors;
            throw;
        }
    }

    private static string Write(TenantSettings settings) => JsonSerializer.Serialize(settings, ApiClient.Json);
}
