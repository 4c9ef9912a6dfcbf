using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Widget.Api.KeyRing;

internal static class KeyRingServices
{
    /// <summary>Data protection with its keys in the database, encrypted with the newest of the <see cref="MasterKeys"/>.</summary>
    public static IServiceCollection AddKeyRing(this IServiceCollection services, MasterKeys masterKeys)
    {
        services.AddSingleton(masterKeys);
        services.AddDataProtection().SetApplicationName("Widget");
        services.AddSingleton<DatabaseKeyRing>();
        services.AddOptions<KeyManagementOptions>().Configure<DatabaseKeyRing, MasterKeys>((options, ring, keys) =>
        {
            options.XmlRepository = ring;
            if (keys.Newest is { } newest) options.XmlEncryptor = new MasterKeyEncryptor(newest);
        });
        return services;
    }
}
