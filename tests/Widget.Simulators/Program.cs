using Widget.Simulators.OpenAI;

// Outside services as separate processes would be: the real wire format, strict about requests, able to be slow, to fail and to lie.
// Each service has its own path; /control/… sets how it behaves.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSingleton<OpenAIBehavior>();
var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapOpenAI();
await app.RunAsync();
