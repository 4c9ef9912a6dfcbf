using Widget.Simulators.LiveKit;
using Widget.Simulators.OpenAI;
using Widget.Simulators.Rerank;
using Widget.Simulators.S3;
using Widget.Simulators.Speech;
using Widget.Simulators.Tavus;

// Simulates outside services in one process. They use the real wire formats, validate requests strictly, and can be made slow, failing or
// wrong. Each service has its own path; /control/… changes how it behaves.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSingleton<OpenAIBehavior>().AddSingleton<TavusBehavior>().AddSingleton<RerankBehavior>().AddSingleton<SpeechBehavior>();
builder.Services.AddSingleton<SimulatedLiveKit>().AddSingleton<SimulatedS3>();
builder.Services.AddSingleton(
    _ => new SimulatedTavus(builder.Configuration["TavusJournal"])).AddSingleton<TavusRooms>().AddSingleton<RoomSockets>();
var app = builder.Build();
app.MapGet("/health", () => "ok");
app.MapOpenAI();
app.UseWebSockets();
app.MapTavus();
app.MapRooms();
app.MapRerank();
app.MapSpeech();
app.MapLiveKit();
app.MapS3();
await app.RunAsync();
